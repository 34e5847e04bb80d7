using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Gives a container another name.</summary>
    public async Task RenameAsync(string reference, string? newName)
    {
        string name = newName is ['/', .. var plain] ? plain : newName ?? "";
        if (name.Length == 0)
        {
            throw EngineException.InvalidParameter("Neither old nor new names may be empty");
        }

        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            string oldName = container.Record.Name;
            if (name == oldName)
            {
                throw EngineException.InvalidParameter("Renaming a container with the same name as its current name");
            }

            ContainerNames.Validate(name);
            _store.ReserveName(name, container.Id);
            ContainerRecord renamed = container.Record with { Name = name };
            try
            {
                _files.Save(renamed);
            }
            catch
            {
                _store.ReleaseName(name, container.Id);
                throw;
            }

            container.SetRecord(renamed);
            container.Run?.Network?.Rename(name);
            _store.ReleaseName(oldName, container.Id);
            Publish(container, "rename", ("oldName", "/" + oldName));
        }
    }

    /// <summary>Changes limits and restart policy, at once when it runs.</summary>
    public async Task<ContainerUpdateResponse> UpdateAsync(string reference, ContainerUpdateRequest request)
    {
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            if (container.State.Status is ContainerStatus.Removing or ContainerStatus.Dead)
            {
                throw EngineException.Conflict($"cannot update container {container.Id}: container is marked for removal and cannot be updated");
            }

            HostConfig host = Merge(container.Record.HostConfig, request);
            IReadOnlyList<string> warnings = _resourceRules.Complete(host);
            CheckPolicy(host, request.RestartPolicy);
            if (container.Run is { } run && container.State.Alive)
            {
                run.Cgroup.Update(ResourceBuilder.Limits(host));
            }

            ContainerRecord updated = container.Record with { HostConfig = host };
            _files.Save(updated);
            container.SetRecord(updated);
            Publish(container, "update");
            return new ContainerUpdateResponse { Warnings = [.. warnings] };
        }
    }

    private static void CheckPolicy(HostConfig host, RestartPolicy? policy)
    {
        if (policy is null or { Name: "" })
        {
            return;
        }

        RestartRules.Validate(policy);
        if (host.AutoRemove && !RestartRules.IsNone(policy))
        {
            throw EngineException.InvalidParameter("Restart policy cannot be updated because AutoRemove is enabled for the container");
        }

        host.RestartPolicy = policy;
    }

    /// <summary>A copy with what the update sets; the old one may still be in a reader's hands.</summary>
    private static HostConfig Merge(HostConfig old, ContainerUpdateRequest change)
    {
        HostConfig host = Json.Decode<HostConfig>(Json.Encode(old));
        if (change.NanoCpus > 0 && (old.CpuPeriod > 0 || old.CpuQuota > 0))
        {
            throw EngineException.Conflict("Conflicting options: Nano CPUs cannot be updated as CPU Period or Quota has already been set.");
        }

        if (old.NanoCpus > 0 && (change.CpuPeriod > 0 || change.CpuQuota > 0))
        {
            throw EngineException.Conflict($"Conflicting options: CPU {(change.CpuPeriod > 0 ? "Period" : "Quota")} cannot be updated as NanoCPUs has already been set.");
        }

        bool memoryAboveSwap = change.Memory > 0 && change.MemorySwap == 0 && old.MemorySwap > 0 && change.Memory > old.MemorySwap;
        if (memoryAboveSwap)
        {
            throw EngineException.InvalidParameter("Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
        }

        host.CpuShares = Take(change.CpuShares, host.CpuShares);
        host.NanoCpus = Take(change.NanoCpus, host.NanoCpus);
        host.CpuPeriod = Take(change.CpuPeriod, host.CpuPeriod);
        host.CpuQuota = Take(change.CpuQuota, host.CpuQuota);
        host.CpuRealtimePeriod = Take(change.CpuRealtimePeriod, host.CpuRealtimePeriod);
        host.CpuRealtimeRuntime = Take(change.CpuRealtimeRuntime, host.CpuRealtimeRuntime);
        host.CpusetCpus = change.CpusetCpus.Length > 0 ? change.CpusetCpus : host.CpusetCpus;
        host.CpusetMems = change.CpusetMems.Length > 0 ? change.CpusetMems : host.CpusetMems;
        host.Memory = Take(change.Memory, host.Memory);
        host.MemorySwap = Take(change.MemorySwap, host.MemorySwap);
        host.MemoryReservation = Take(change.MemoryReservation, host.MemoryReservation);
        host.BlkioWeight = change.BlkioWeight != 0 ? change.BlkioWeight : host.BlkioWeight;
        host.BlkioWeightDevice = Take(change.BlkioWeightDevice, host.BlkioWeightDevice);
        host.BlkioDeviceReadBps = Take(change.BlkioDeviceReadBps, host.BlkioDeviceReadBps);
        host.BlkioDeviceWriteBps = Take(change.BlkioDeviceWriteBps, host.BlkioDeviceWriteBps);
        host.BlkioDeviceReadIOps = Take(change.BlkioDeviceReadIOps, host.BlkioDeviceReadIOps);
        host.BlkioDeviceWriteIOps = Take(change.BlkioDeviceWriteIOps, host.BlkioDeviceWriteIOps);
        host.PidsLimit = change.PidsLimit ?? host.PidsLimit;
        return host;
    }

    private static List<T>? Take<T>(List<T>? change, List<T>? old) => change is { Count: > 0 } ? change : old;

    private static long Take(long change, long old) => change != 0 ? change : old;
}
