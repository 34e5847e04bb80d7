using System.Runtime.InteropServices;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>The functions of libseccomp.so.2 that we use, loaded at run time so that the daemon starts without it.</summary>
internal sealed unsafe class LibSeccomp
{
    public const int SCMP_FLTATR_CTL_OPTIMIZE = 8;

    /// <summary>What seccomp_syscall_resolve_name gives for a name it does not know.</summary>
    public const int NR_SCMP_ERROR = -1;

    private static readonly Lazy<(LibSeccomp? Library, string? Error)> s_instance = new(Load);

    private readonly delegate* unmanaged<uint, nint> _init;
    private readonly delegate* unmanaged<nint, void> _release;
    private readonly delegate* unmanaged<nint, uint, int> _archAdd;
    private readonly delegate* unmanaged<nint, int, uint, int> _attrSet;
    private readonly delegate* unmanaged<byte*, int> _resolveName;
    private readonly delegate* unmanaged<nint, uint, int, uint, ArgumentFilter*, int> _ruleAddArray;
    private readonly delegate* unmanaged<nint, int, int> _exportBpf;

    private LibSeccomp(nint library)
    {
        _init = (delegate* unmanaged<uint, nint>)NativeLibrary.GetExport(library, "seccomp_init");
        _release = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "seccomp_release");
        _archAdd = (delegate* unmanaged<nint, uint, int>)NativeLibrary.GetExport(library, "seccomp_arch_add");
        _attrSet = (delegate* unmanaged<nint, int, uint, int>)NativeLibrary.GetExport(library, "seccomp_attr_set");
        _resolveName = (delegate* unmanaged<byte*, int>)NativeLibrary.GetExport(library, "seccomp_syscall_resolve_name");
        _ruleAddArray = (delegate* unmanaged<nint, uint, int, uint, ArgumentFilter*, int>)NativeLibrary.GetExport(library, "seccomp_rule_add_array");
        _exportBpf = (delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "seccomp_export_bpf");
    }

    /// <summary>Null when it cannot be loaded.</summary>
    public static LibSeccomp? Instance => s_instance.Value.Library;

    /// <summary>Why there is no <see cref="Instance"/>.</summary>
    public static string? Error => s_instance.Value.Error;

    /// <summary>0 when out of memory.</summary>
    public nint seccomp_init(uint defaultAction) => _init(defaultAction);

    public void seccomp_release(nint context) => _release(context);

    public int seccomp_arch_add(nint context, uint token) => _archAdd(context, token);

    public int seccomp_attr_set(nint context, int attribute, uint value) => _attrSet(context, attribute, value);

    public int seccomp_rule_add_array(nint context, uint action, int syscall, ReadOnlySpan<ArgumentFilter> arguments)
    {
        fixed (ArgumentFilter* start = arguments)
        {
            return _ruleAddArray(context, action, syscall, (uint)arguments.Length, start);
        }
    }

    public int seccomp_export_bpf(nint context, int fd) => _exportBpf(context, fd);

    /// <summary>The native number, a negative pseudo number for a call that only other architectures have, or <see cref="NR_SCMP_ERROR"/>.</summary>
    public int seccomp_syscall_resolve_name(string name)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            return _resolveName((byte*)text);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static (LibSeccomp?, string?) Load()
    {
        if (!NativeLibrary.TryLoad("libseccomp.so.2", out nint library))
        {
            return (null, "libseccomp.so.2 is not installed (package libseccomp2)");
        }

        try
        {
            return (new LibSeccomp(library), null);
        }
        catch (EntryPointNotFoundException exception)
        {
            return (null, $"libseccomp.so.2 is unusable: {exception.Message}");
        }
    }
}
