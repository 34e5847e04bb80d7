mkdir -p tree/dir && echo one > tree/dir/one && echo two > tree/two && chmod 0711 tree/dir && chmod 0604 tree/two && ln -s two tree/link
tar -C tree --owner=7 --group=8 -czf tree.tar.gz . && tar -C tree --owner=7 --group=8 -cJf tree.tar.xz . && tar -C tree --owner=7 --group=8 -cjf tree.tar.bz2 dir
tar -C tree -cf plain.tar two && gzip -nc tree/two > two.gz && chmod 0644 two.gz && rm -r tree
