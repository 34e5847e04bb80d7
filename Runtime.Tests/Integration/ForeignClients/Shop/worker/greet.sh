trap exit TERM
echo "$GREETING from $(hostname): $(wget -q -O - http://store:6379/schema)" | tee "/pages/$(hostname)"
echo "$GREETING, $SHOP" > /pages/index.html
while :; do sleep 1; done
