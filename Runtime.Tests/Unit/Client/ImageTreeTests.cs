using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>images --tree: which layers are shared, and what a name alone would free.</summary>
public sealed class ImageTreeTests
{
    private const string Base = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Middle = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
    private const string Top = "sha256:3333333333333333333333333333333333333333333333333333333333333333";

    /// <summary>app (two names) and web share the base; other has web's upper layer on nothing, which is another layer; old is dangling and in use.</summary>
    private static readonly Dictionary<string, string> s_answers = new()
    {
        ["/v1.51/images/json"] = """
            [{"Id":"sha256:app","RepoTags":["app:1","app:2"],"Size":3000000},{"Id":"sha256:web","RepoTags":["web:1"],"Size":1500000},
             {"Id":"sha256:other","RepoTags":["other:1"],"Size":500000},{"Id":"sha256:old","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"],"Size":7000}]
            """,
        ["/v1.51/images/json?filters=%7B%22reference%22%3A%7B%22web%22%3Atrue%7D%7D"] = """[{"Id":"sha256:web"}]""",
        ["/v1.51/containers/json?all=1"] = """[{"ImageID":"sha256:old"},{"ImageID":"sha256:old"}]""",
        ["/v1.51/images/sha256:app/json"] = Layers(Base, Middle),
        ["/v1.51/images/sha256:web/json"] = Layers(Base, Top),
        ["/v1.51/images/sha256:other/json"] = Layers(Top),
        ["/v1.51/images/sha256:old/json"] = Layers(Middle, Base),
        ["/v1.51/images/sha256:app/history"] = """
            [{"Size":0,"CreatedBy":"CMD [\"sh\"]"},{"Size":2000000,"CreatedBy":"RUN x"},{"Size":0,"CreatedBy":"/bin/sh -c #(nop)  ENV A=b"},{"Size":1000000,"CreatedBy":"ADD"}]
            """,
        ["/v1.51/images/sha256:web/history"] = """[{"Size":500000,"CreatedBy":"x"},{"Size":1000000,"CreatedBy":"x"}]""",
        ["/v1.51/images/sha256:other/history"] = "[]",
        ["/v1.51/images/sha256:old/history"] = "[]",
    };

    [Fact]
    public void Shows_layers_with_those_who_share_them()
    {
        using ScriptedDaemon daemon = Daemon();

        Assert.Equal(
            """
            IMAGE / LAYER     ID       SIZE   FREES   SHARED WITH
            app:1             app       3MB      0B   same image: app:2; 2MB with the last name
            app:2             app       3MB      0B   same image: app:1; 2MB with the last name
            ├─ 111111111111             1MB           web:1
            └─ 222222222222             2MB
            web:1             web     1.5MB   500kB
            ├─ 111111111111             1MB           app:1
            └─ 333333333333           500kB
            other:1           other   500kB   500kB
            └─ 333333333333           500kB
            <none>            old       7kB      0B   in use by 2 containers
            ├─ 222222222222               ?
            └─ 111111111111               ?

            4 images, 6 layers, 4MB in all; 1MB shared by several images

            """,
            ClientRun.Against(daemon, "images", "--tree").Output);
    }

    [Fact]
    public void Shares_are_counted_among_all_images_whatever_is_shown()
    {
        using ScriptedDaemon daemon = Daemon();

        ClientRun run = ClientRun.Against(daemon, "images", "--tree", "--format", "json", "web");

        Assert.Equal(
            $$"""{"Id":"sha256:web","Names":["web:1"],"Size":1500000,"UniqueSize":500000,"Frees":500000,"Containers":0,"Layers":[{"DiffId":"{{Base}}","ChainId":"{{Base}}","Size":1000000,"SharedWith":["app:1"]},{"DiffId":"{{Top}}","ChainId":"sha256:{{Chain(Base, Top)}}","Size":500000,"SharedWith":[]}]}""" + "\n",
            run.Output);
    }

    [Theory]
    [InlineData("--quiet is not yet supported with --tree", "-q")]
    [InlineData("--tree takes no other --format than \"json\"", "--format", "{{.ID}}")]
    public void Refuses_what_it_cannot_show(string message, params string[] options)
    {
        using ScriptedDaemon daemon = Daemon();

        Assert.Equal(new ClientRun(1, "", message + "\n"), ClientRun.Against(daemon, ["images", "--tree", .. options]));
        Assert.Empty(daemon.Requests);
    }

    private static string Layers(params string[] layers) =>
        """{"RootFS":{"Type":"layers","Layers":[""" + string.Join(',', layers.Select(layer => $"\"{layer}\"")) + "]}}";

    private static string Chain(string below, string diffId) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"{below} {diffId}")));

    private static ScriptedDaemon Daemon() => new(request => ScriptedDaemon.Json(s_answers[request.Path]));
}
