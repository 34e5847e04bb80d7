namespace Rtd.Tests.Integration.Cgroups;

/// <summary>A script that tries devices under the rules "deny all, allow c 1:3 rwm, allow c 1:5 r".</summary>
internal static class DeviceProbe
{
    public const string Script = """
        try() { if "$@" 2>/dev/null; then echo yes; else echo no; fi; }
        open_write() { : >"$1"; }
        open_read() { head -c 1 "$1" >/dev/null; }
        dir=$(mktemp -d)
        try eval 'open_write /dev/null'
        try eval '(open_write /dev/zero)'
        try eval 'open_read /dev/zero'
        try eval 'open_read /dev/urandom'
        try mknod $dir/null c 1 3
        try mknod $dir/zero c 1 5
        try mknod $dir/disk b 8 0
        rm -r $dir
        """;

    public const string Expected = "yes\nno\nyes\nno\nyes\nno\nno\n";
}
