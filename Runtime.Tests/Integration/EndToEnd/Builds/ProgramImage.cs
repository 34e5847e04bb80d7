using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>Base images with programs of the machine: what a registry would give. Debian's packages say which files a compiler consists of.</summary>
internal static class ProgramImage
{
    public static IReadOnlyList<string> Names { get; } = ["gcc", "node"];

    /// <summary>Writes the root file system: the programs, the libraries they need, and busybox as the shell.</summary>
    public static async Task WriteAsync(string image, string archive)
    {
        string list = image == "gcc"
            ? """
              gcc=$(readlink -f "$(command -v gcc)")
              version=${gcc##*-}
              for p in gcc-$version cpp-$version libgcc-$version-dev libc6-dev linux-libc-dev binutils binutils-x86-64-linux-gnu binutils-common; do dpkg -L $p; done | grep -Ev '/(doc|man|locale|lintian)/' > "$work/files"
              echo /usr/bin/gcc >> "$work/files"
              """
            : """
              command -v node > "$work/files"
              readlink -f "$(command -v node)" >> "$work/files"
              """;
        string script = $$"""
            set -e
            work=$(mktemp -d)
            trap 'rm -rf "$work"' EXIT
            {{list}}
            while read -r f; do if [ -f "$f" ] && [ ! -L "$f" ]; then ldd "$f" 2>/dev/null | grep -o '/[^ ]*' || true; fi; done < "$work/files" | sort -u > "$work/libraries"
            cat "$work/libraries" >> "$work/files"
            while read -r f; do readlink -f "$f"; done < "$work/libraries" >> "$work/files"
            mkdir -p "$work/root/usr/lib" "$work/root/usr/lib64" "$work/root/tmp" "$work/root/etc" "$work/root/bin"
            chmod 755 "$work/root"
            chmod 1777 "$work/root/tmp"
            ln -s usr/lib usr/lib64 "$work/root/"
            sort -u "$work/files" | while read -r f; do if [ ! -d "$f" ] || [ -L "$f" ]; then echo "${f#/}"; fi; done | grep -v '^lib64$' > "$work/list"
            tar -C / --ignore-failed-read --no-recursion --files-from="$work/list" -cf "$work/tar"
            tar -C "$work/root" --keep-directory-symlink -xf "$work/tar"
            cp "$(command -v busybox)" "$work/root/bin/busybox"
            for c in sh cat rm mkdir test ls cp stat; do ln -s busybox "$work/root/bin/$c"; done
            echo 'root:x:0:0::/root:/bin/sh' > "$work/root/etc/passwd"
            tar -cf '{{archive}}' --owner=0 --group=0 -C "$work/root" .
            """;
        (await Command.RunAsync(["bash", "-c", script], patience: TimeSpan.FromMinutes(3))).Exits(0);
    }
}
