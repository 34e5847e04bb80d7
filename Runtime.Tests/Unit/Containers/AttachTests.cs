using System.Text;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class AttachTests : IDisposable
{
    private static readonly AttachRequest s_all = new(Logs: false, Stream: true, Stdin: true, Stdout: true, Stderr: true, null);

    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Client_attached_before_the_start_sees_the_first_byte_and_the_state_before_the_end()
    {
        string id = await _host.CreateAsync();
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        await client.Accepted;
        _host.Execution.OnStarted = process =>
        {
            _ = process.PrintAsync("first").AsTask();
            process.Exit(0);
        };
        await _host.Service.StartAsync(id);
        await attached.WaitAsync(ContainerHost.Patience);
        Assert.Equal("exited", _host.Service.Inspect(id, withSize: false).State.Status);
        Assert.Equal("\u0001\0\0\0\0\0\0\u0005first", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
    }

    [Fact]
    public async Task Half_close_ends_stdin_and_output_goes_on()
    {
        string id = await _host.StartAsync(config: config => (config.OpenStdin, config.StdinOnce) = (true, true));
        FakeProcess process = _host.Execution.Last;
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        await client.TypeAsync("x\n");
        client.HalfClose();
        await process.StdinClosed.WaitAsync(ContainerHost.Patience);
        Assert.Equal("x\n", process.Stdin);
        await process.PrintAsync("x\n");
        process.Exit(0);
        await attached.WaitAsync(ContainerHost.Patience);
        Assert.EndsWith("x\n", Encoding.ASCII.GetString(await client.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_stdin_once_the_end_of_input_only_detaches()
    {
        string id = await _host.StartAsync(config: config => config.OpenStdin = true);
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        client.HalfClose();
        await attached.WaitAsync(ContainerHost.Patience);
        Assert.False(_host.Execution.Last.StdinClosed.IsCompleted);
        Assert.False(_host.Execution.Last.HasExited);
    }

    [Fact]
    public async Task Without_stdin_a_half_close_means_nothing()
    {
        string id = await _host.StartAsync();
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        client.HalfClose();
        await _host.Execution.Last.PrintAsync("still");
        await client.ReadAsync(8 + "still".Length);
        Assert.False(attached.IsCompleted);
        _host.Execution.Last.Exit(0);
        await attached.WaitAsync(ContainerHost.Patience);
    }

    [Fact]
    public async Task Detach_keys_leave_the_terminal_running()
    {
        string id = await _host.StartAsync(config: config => (config.Tty, config.OpenStdin, config.StdinOnce) = (true, true, true));
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        await client.TypeAsync("ls\u0010\u0011");
        await attached.WaitAsync(ContainerHost.Patience);
        Assert.Equal("ls", _host.Execution.Last.Stdin);
        Assert.False(_host.Execution.Last.HasExited);
        Assert.Equal("detach", _host.Events.ContainerActions[^1]);
    }

    [Fact]
    public async Task Process_that_no_longer_reads_still_shows_its_output()
    {
        string id = await _host.StartAsync(config: config => (config.OpenStdin, config.StdinOnce) = (true, true));
        FakeProcess process = _host.Execution.Last;
        process.ReadsStdin = false;
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        await client.TypeAsync("lost");
        await process.PrintAsync("kept");
        process.Exit(0);
        await attached.WaitAsync(ContainerHost.Patience);
        Assert.EndsWith("kept", Encoding.ASCII.GetString(await client.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_that_vanishes_ends_only_its_attachment()
    {
        string id = await _host.StartAsync();
        FakeHijack gone = new();
        FakeHijack stays = new();
        Task first = _host.Service.AttachAsync(id, s_all, gone);
        Task second = _host.Service.AttachAsync(id, s_all, stays);
        gone.Vanish();
        await first.WaitAsync(ContainerHost.Patience);
        await _host.Execution.Last.PrintAsync("here");
        Assert.EndsWith("here", Encoding.ASCII.GetString(await stays.ReadAsync(12)), StringComparison.Ordinal);
        _host.Execution.Last.Exit(0);
        await second.WaitAsync(ContainerHost.Patience);
    }

    [Fact]
    public async Task Client_that_does_not_read_cannot_keep_a_dead_container_running()
    {
        string id = await _host.StartAsync(config: config => config.Tty = true);
        FakeProcess process = _host.Execution.Last;
        FakeHijack client = new(outputLimit: 1024);
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        Task printing = Task.CompletedTask;
        while (printing.IsCompleted)
        {
            printing = process.PrintAsync(new byte[64 * 1024]).AsTask();
        }

        await _host.Service.RemoveAsync(id, force: true, removeVolumes: false).WaitAsync(ContainerHost.Patience);
        await printing.WaitAsync(ContainerHost.Patience);
        client.Vanish();
        await attached.WaitAsync(ContainerHost.Patience);
    }

    [Fact]
    public async Task Replay_and_live_output_meet_without_gap_or_repetition()
    {
        string id = await _host.StartAsync();
        FakeProcess process = _host.Execution.Last;
        await process.PrintAsync("one\ntwo\nthr");
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all with { Logs = true }, client);
        byte[] replay = await client.ReadAsync((3 * 8) + "one\ntwo\nthr".Length);
        await process.PrintAsync("ee\n");
        process.Exit(0);
        await attached.WaitAsync(ContainerHost.Patience);
        Assert.Equal("one\ntwo\nthree\n", Unframe([.. replay, .. await client.ReadToEndAsync()]));
    }

    [Fact]
    public async Task Failed_start_ends_the_attachment()
    {
        string id = await _host.CreateAsync();
        FakeHijack client = new();
        Task attached = _host.Service.AttachAsync(id, s_all, client);
        _host.Execution.Failure = new StartException("x", 0, "no", 127);
        await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        await attached.WaitAsync(ContainerHost.Patience);
    }

    [Fact]
    public async Task Paused_container_refuses_before_the_connection_is_taken()
    {
        string id = await _host.StartAsync();
        await _host.Service.PauseAsync(id);
        FakeHijack client = new();
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.AttachAsync(id, s_all, client));
        Assert.Equal($"container {id} is paused, unpause the container before attach", error.Message);
        Assert.False(client.Accepted.IsCompleted);
    }

    [Fact]
    public async Task Resize_needs_a_terminal()
    {
        string id = await _host.StartAsync(config: config => config.Tty = true);
        _host.Service.Resize(id, 40, 120);
        Assert.Equal((40, 120), _host.Execution.Last.Size);
        string plain = await _host.StartAsync();
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => _host.Service.Resize(plain, 1, 1)).Kind);
    }

    private static string Unframe(byte[] frames)
    {
        StringBuilder text = new();
        for (int start = 0; start < frames.Length;)
        {
            int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frames.AsSpan(start + 4));
            text.Append(Encoding.ASCII.GetString(frames, start + 8, length));
            start += 8 + length;
        }

        return text.ToString();
    }
}
