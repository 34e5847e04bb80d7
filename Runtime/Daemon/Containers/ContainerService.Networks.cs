using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Connects a container to another network: at once when it runs, else from its next start.</summary>
    public async Task ConnectAsync(string reference, NetworkRecord network, EndpointSettings settings)
    {
        RefuseWhenShuttingDown();
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            RefuseOnForeignNetwork(container.Record, network);
            CreateRules.CheckEndpoint(network.Name, settings);
            if (container.Record.Endpoints.ContainsKey(network.Name))
            {
                throw new EngineException(ErrorKind.Forbidden, $"endpoint with name {container.Record.Name} already exists in network {network.Name}");
            }

            ContainerRecord connected = container.Record with
            {
                Endpoints = new Dictionary<string, EndpointSettings>(container.Record.Endpoints) { [network.Name] = settings },
            };
            if (container is { Run: { Process.HasExited: false } run, State.Alive: true })
            {
                await AttachAsync(connected, run, EndpointRequests.Of(connected, network.Name, settings));
                SaveRun(container.Id, run);
            }
            else
            {
                _files.Save(connected);
            }

            container.SetRecord(connected);
        }
    }

    /// <summary>Takes a container from a network.</summary>
    public async Task DisconnectAsync(string reference, NetworkRecord network)
    {
        RefuseWhenShuttingDown();
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            if (NetworkMode.Parse(container.Record.HostConfig.NetworkMode).Kind == NetworkModeKind.Host && network.Driver == "host")
            {
                throw EngineException.InvalidParameter("container cannot be disconnected from host network or connected to host network");
            }

            if (!container.Record.Endpoints.ContainsKey(network.Name))
            {
                throw new EngineException(ErrorKind.Forbidden, $"container {container.Id} is not connected to network {network.Name}");
            }

            Dictionary<string, EndpointSettings> left = new(container.Record.Endpoints);
            left.Remove(network.Name);
            if (container is { Run: { Process.HasExited: false } run, State.Alive: true })
            {
                await DetachAsync(container.Record, run, network);
                SaveRun(container.Id, run);
            }

            ContainerRecord disconnected = container.Record with { Endpoints = left };
            _files.Save(disconnected);
            container.SetRecord(disconnected);
        }
    }

    private async Task AttachAsync(ContainerRecord record, ContainerRun run, EndpointRequest request)
    {
        ISandbox sandbox = run.Network ?? throw EngineException.Conflict($"container {record.Id} was started without a network: restart it to connect it");
        bool resolved = sandbox.HasResolver;
        NetworkFiles networkFiles = new(_files, _defaults);
        IEndpoint endpoint = await sandbox.AttachAsync(request, run.Process.Identity.Pid);
        try
        {
            networkFiles.AddHost(record, endpoint);
            if (sandbox.HasResolver && !resolved)
            {
                networkFiles.WriteResolvConf(record, sandbox);
            }

            _files.Save(record);
        }
        catch
        {
            await sandbox.DetachAsync(endpoint.NetworkId, run.Process.Identity.Pid);
            throw;
        }
    }

    private async Task DetachAsync(ContainerRecord record, ContainerRun run, NetworkRecord network)
    {
        if (run.Network?.Endpoints.FirstOrDefault(known => known.NetworkId == network.Id) is not { } endpoint)
        {
            return;
        }

        await run.Network.DetachAsync(network.Id, run.Process.Identity.Pid);
        new NetworkFiles(_files, _defaults).RemoveHost(record, endpoint);
    }

    /// <summary>The networks of a run have changed.</summary>
    private void SaveRun(string id, ContainerRun run)
    {
        try
        {
            _files.SaveRun(id, run.Process.Identity, run.Network?.State);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            s_log.Error(failure, "container {0}: its networks cannot be written down; should the daemon die, the next one goes on with those it had", id);
        }
    }

    private static void RefuseOnForeignNetwork(ContainerRecord record, NetworkRecord network)
    {
        switch (NetworkMode.Parse(record.HostConfig.NetworkMode).Kind)
        {
            case NetworkModeKind.Container:
                throw EngineException.InvalidParameter("container sharing network namespace with another container or host cannot be connected to any other network");
            case NetworkModeKind.Host:
                throw EngineException.InvalidParameter("container cannot be disconnected from host network or connected to host network");
            case NetworkModeKind.None:
                throw EngineException.InvalidParameter("container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }

        if (network.Driver == "host")
        {
            throw EngineException.InvalidParameter("container cannot be disconnected from host network or connected to host network");
        }

        if (network.Driver == "null")
        {
            throw EngineException.InvalidParameter("container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }
    }
}
