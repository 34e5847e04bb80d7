using System.Diagnostics;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary><c>import</c> from a web server.</summary>
public sealed class DownloadTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Server = """
        import http.server, os, sys
        os.chdir(sys.argv[1])
        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/cut":
                    self.send_response(200); self.send_header("Content-Length", "1000000"); self.end_headers(); self.wfile.write(b"x" * 1000)
                elif self.path == "/elsewhere":
                    self.send_response(302); self.send_header("Location", "file:///etc/passwd"); self.end_headers()
                else:
                    super().do_GET()
            def log_message(self, *a): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 8123), Handler)
        print("ready", flush=True)
        server.serve_forever()
        """;

    [RootFact]
    public async Task Import_takes_a_url()
    {
        string directory = Directory.CreateDirectory(Path.Combine(Host.Root, "www")).FullName;
        (await Command.RunAsync(["sh", "-c", $"gzip -c '{await BusyboxImage.ArchiveAsync()}' > {directory}/busybox.tar.gz"])).Exits(0);
        using Process server = Command.Start([.. Host.InsideAndOwned(["python3", "-c", Server, directory])]);
        try
        {
            Assert.Equal("ready", await server.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));

            CommandResult result = (await DockerAsync("import", "-c", "CMD [\"echo\", \"downloaded\"]", "http://127.0.0.1:8123/busybox.tar.gz", "downloaded:1")).Exits(0);

            Assert.Contains("Downloading from http://127.0.0.1:8123/busybox.tar.gz", result.Stdout, StringComparison.Ordinal);
            Assert.Matches("^sha256:[0-9a-f]{64}$", result.Lines[^1].Trim());
            Assert.Equal("downloaded\n", (await DockerAsync("run", "--rm", "downloaded:1")).Exits(0).Stdout);
            Assert.Equal("Imported from http://127.0.0.1:8123/busybox.tar.gz", (await DockerAsync("inspect", "--type", "image", "--format", "{{.Comment}}", "downloaded:1")).Exits(0).Line);
            foreach ((string address, int status) in ((string, int)[])[("http://127.0.0.1:8123/missing", 404), ("http://127.0.0.1:1/x", 500), ("file:///etc/passwd", 400), ("ftp://127.0.0.1/x", 400), ("http://", 400)])
            {
                using HttpResponseMessage response = await Api.PostAsync($"/images/create?fromSrc={Uri.EscapeDataString(address)}&repo=refused");
                await EngineApi.ErrorAsync(response, status);
            }

            (await DockerAsync("import", "http://127.0.0.1:8123/cut", "refused:1")).Exits(1);
            (await DockerAsync("import", "http://127.0.0.1:8123/elsewhere", "refused:1")).Exits(1);
            Assert.Equal(2, (await Api.GetJsonAsync("/images/json")).Count());
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }
}
