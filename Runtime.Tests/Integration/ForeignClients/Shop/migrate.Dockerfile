ARG BASE=busybox
FROM $BASE AS never
RUN echo "this stage is not needed" && false

FROM $BASE AS migrate
ARG TARGET
RUN mkdir /steps && echo 'echo version=$SCHEMA > TARGET; echo migrated to $SCHEMA' | sed "s:TARGET:$TARGET:" > /steps/1.sh
CMD ["sh", "/steps/1.sh"]

FROM migrate
CMD ["false"]
