namespace Rtd.Tests.Unit.Client;

/// <summary>A user's configuration directory for one test, removed at its end.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class ClientDirectory : IDisposable
{
    private static readonly Lazy<string> s_helpers = new(() =>
    {
        string directory = Directory.CreateTempSubdirectory("rtctl-test-helpers-").FullName;
        Environment.SetEnvironmentVariable("PATH", $"{directory}:{Environment.GetEnvironmentVariable("PATH")}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        return directory;
    });

    public string Root { get; } = Directory.CreateTempSubdirectory("rtctl-test-").FullName;

    public string File => Path("config.json");

    public string Config
    {
        get => System.IO.File.ReadAllText(File);
        set => System.IO.File.WriteAllText(File, value);
    }

    /// <summary>On this process's PATH: helpers are looked up there.</summary>
    private static string HelperDirectory => s_helpers.Value;

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public ClientRun Run(ScriptedDaemon daemon, params string[] args) => ClientRun.Of(["--config", Root, "-H", daemon.Address, .. args]);

    /// <summary>A credential helper that appends its verb and input to a file "asked" and answers as a script does; its name is what config.json calls it by.</summary>
    public string Helper(string script)
    {
        string name = "test-" + System.IO.Path.GetFileName(Root);
        string program = System.IO.Path.Combine(HelperDirectory, "docker-credential-" + name);
        System.IO.File.WriteAllText(Path("helper"), $"#!/bin/sh\nin=$(cat)\necho \"$1 $in\" >> {Path("asked")}\n{script}\n");

        // Written by another process: this one forks on other threads, and a program that a fork holds open for writing cannot be run (ETXTBSY).
        using System.Diagnostics.Process install = System.Diagnostics.Process.Start("install", ["-m", "755", Path("helper"), program]);
        install.WaitForExit();
        return name;
    }

    public string[] Asked => System.IO.File.Exists(Path("asked")) ? System.IO.File.ReadAllLines(Path("asked")) : [];

    public void Dispose() => Directory.Delete(Root, recursive: true);

}
