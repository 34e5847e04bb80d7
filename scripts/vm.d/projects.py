"""The projects of a file system that have a limit: a line each with id, limit and usage in bytes. Argument: a directory of it."""
import ctypes
import os
import struct
import sys

QUOTACTL_FD, Q_XGETNEXTQUOTA, PRJQUOTA = 443, 0x5809, 2
libc = ctypes.CDLL(None, use_errno=True)
directory = os.open(sys.argv[1], os.O_RDONLY)
project = 1
while True:
    quota = ctypes.create_string_buffer(112)
    if libc.syscall(QUOTACTL_FD, directory, (Q_XGETNEXTQUOTA << 8) | PRJQUOTA, project, quota) < 0:
        break
    number, hard = struct.unpack_from("=IQ", quota, 4)
    used = struct.unpack_from("=Q", quota, 40)[0]
    if hard:
        print(number, hard * 512, used * 512)
    project = number + 1
