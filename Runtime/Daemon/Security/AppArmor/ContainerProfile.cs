namespace Rtd.Daemon.Security.AppArmor;

/// <summary>The profile <c>rtd-default</c>: a second lock behind read-only and masked paths, capabilities and the filter, for when one of them has a hole.</summary>
internal static class ContainerProfile
{
    public const string Name = "rtd-default";

    /// <summary>In the language of apparmor.d(5), for every version since 2.13.</summary>
    public const string Text = """
        profile rtd-default flags=(attach_disconnected,mediate_deleted) {
          network,
          capability,
          file,
          umount,

          # From outside (stop, kill), and between processes of containers.
          signal (receive) peer=unconfined,
          signal (send,receive) peer=rtd-default,
          ptrace (read,readby,trace,tracedby) peer=rtd-default,

          # What runs in a mount namespace of its own makes no mounts, also with a capability that it should not have.
          deny mount,
          deny pivot_root,

          # Of the kernel as a whole.
          deny /proc/sysrq-trigger rwklx,
          deny /proc/{kcore,kmem,mem,kallsyms,keys,timer_list,sched_debug} rwklx,
          deny /proc/{acpi,asound,bus,fs,irq,scsi}/** wklx,
          deny /proc/sys/{abi,debug,dev,fs,user,vm}/** wklx,
          deny /proc/sys/kernel/{[^smd],s[^eh],m[^s],d[^o]}** wklx,
          deny /proc/*/attr/** wklx,

          deny /sys/firmware/** rwklx,
          deny /sys/{block,bus,class,dev,devices,hypervisor,module,power}/** wklx,
          deny /sys/kernel/** wklx,
          deny /sys/kernel/{debug,security,tracing}/** rwklx,
          deny /sys/fs/{bpf,ext4,fuse,pstore,selinux,smackfs,xfs}/** wklx,
        }

        """;
}
