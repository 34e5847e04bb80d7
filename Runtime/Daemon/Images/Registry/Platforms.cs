using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Which of an index's images is for a platform: containerd's rules, so that both engines pull the same.</summary>
internal static class Platforms
{
    /// <summary>This machine's, in the form that messages show.</summary>
    public static OciPlatform Host { get; } = Normalize(new OciPlatform { Os = "linux", Architecture = OciLayout.HostArchitecture });

    /// <summary>Parses <c>os[/arch[/variant]]</c> or <c>arch[/variant]</c>.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static OciPlatform Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 3 || Array.Exists(parts, part => part.Length == 0 || part.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")))
        {
            throw EngineException.InvalidParameter($"\"{text}\" is an invalid component: platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument");
        }

        string first = parts[0].ToLowerInvariant();
        bool isOs = first is "linux" or "windows" or "darwin" or "freebsd";
        if (parts.Length == 1 && !isOs && !IsArchitecture(first))
        {
            throw EngineException.InvalidParameter($"\"{text}\": unknown operating system or architecture: invalid argument");
        }

        string[] rest = isOs || parts.Length == 3 ? parts[1..] : parts;
        return Normalize(new OciPlatform
        {
            Os = isOs || parts.Length == 3 ? first : "linux",
            Architecture = rest.Length > 0 ? rest[0] : OciLayout.HostArchitecture,
            Variant = rest.Length > 1 ? rest[1] : null,
        });
    }

    /// <summary>The best of the descriptors, or null.</summary>
    public static OciDescriptor? Choose(IReadOnlyList<OciDescriptor> descriptors, OciPlatform wanted)
    {
        foreach (OciPlatform candidate in Candidates(wanted))
        {
            if (descriptors.FirstOrDefault(descriptor => descriptor.Platform is { } platform && AreEqual(Normalize(platform), candidate)) is { } found)
            {
                return found;
            }
        }

        return descriptors is [{ Platform: null } only] ? only : null;
    }

    /// <summary>Whether an image of one platform is what another asks for.</summary>
    public static bool Matches(OciPlatform image, OciPlatform wanted) => Candidates(wanted).Any(candidate => AreEqual(Normalize(image), candidate));

    public static string Format(OciPlatform platform) =>
        $"{platform.Os}/{platform.Architecture}{(string.IsNullOrEmpty(platform.Variant) ? "" : "/" + platform.Variant)}";

    /// <summary>Aliases to Go's names; variants that every machine of the architecture has are left out, or filled in for arm.</summary>
    public static OciPlatform Normalize(OciPlatform platform)
    {
        string architecture = (platform.Architecture ?? "").ToLowerInvariant();
        string variant = (platform.Variant ?? "").ToLowerInvariant();
        (architecture, variant) = (architecture, variant) switch
        {
            ("i386", _) => ("386", ""),
            ("x86_64" or "x86-64", _) => ("amd64", variant == "v1" ? "" : variant),
            ("amd64", "v1") => ("amd64", ""),
            ("aarch64" or "arm64", "8" or "v8" or "") => ("arm64", ""),
            ("aarch64", _) => ("arm64", variant),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "" or "7") => ("arm", "v7"),
            ("arm", "5" or "6" or "8") => ("arm", "v" + variant),
            _ => (architecture, variant),
        };
        return new OciPlatform { Os = (platform.Os ?? "").ToLowerInvariant(), Architecture = architecture, Variant = variant.Length == 0 ? null : variant };
    }

    private static IEnumerable<OciPlatform> Candidates(OciPlatform wanted)
    {
        yield return wanted;
        switch (wanted.Architecture)
        {
            case "amd64":
                for (int version = Number(wanted.Variant) - 1; version >= 1; version--)
                {
                    yield return With(wanted, "amd64", version == 1 ? null : $"v{version}");
                }

                yield return With(wanted, "386", null);
                break;
            case "arm":
                for (int version = Number(wanted.Variant) - 1; version >= 5; version--)
                {
                    yield return With(wanted, "arm", $"v{version}");
                }

                break;
            case "arm64":
                for (int version = 8; version >= 5; version--)
                {
                    yield return With(wanted, "arm", $"v{version}");
                }

                break;
        }
    }

    private static int Number(string? variant) => variant is { Length: 2 } && char.IsAsciiDigit(variant[1]) ? variant[1] - '0' : 1;

    private static OciPlatform With(OciPlatform platform, string architecture, string? variant) =>
        new() { Os = platform.Os, Architecture = architecture, Variant = variant };

    private static bool AreEqual(OciPlatform a, OciPlatform b) => a.Os == b.Os && a.Architecture == b.Architecture && a.Variant == b.Variant;

    private static bool IsArchitecture(string text) => text is "386" or "amd64" or "arm" or "arm64" or "aarch64" or "x86_64" or "i386" or "armhf" or "armel"
        or "mips64le" or "mipsle" or "ppc64le" or "riscv64" or "s390x" or "loong64";
}
