using System.Text.Json;
using Rtd.Client.Templates;
using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>The template engine against what Go's prints for the same template and value.</summary>
public sealed class TemplateTests
{
    private const string Image = """
        {"Id":"sha256:4b","RepoTags":["busybox:latest"],"Os":"linux","Architecture":"amd64","Size":1982256,"Created":"2026-01-02T03:04:05Z",
         "Config":{"Env":["A=1"],"Cmd":["sh"],"Labels":{"foo":"b<r>"},"Entrypoint":null,"Volumes":null},"GraphDriver":{"Data":null,"Name":"vfs"},
         "RootFS":{"Type":"layers","Layers":["sha256:31"]},"State":{"Running":true,"ExitCode":0,"Pid":7},
         "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}],"90/tcp":null}},"HostConfig":{"NanoCpus":5,"PidsLimit":null,"Init":null}}
        """;

    [Theory]
    [InlineData("{{len .Config.Env}}", "1")]
    [InlineData("{{.Config.Env}}", "[A=1]")]
    [InlineData("{{println .Id 5 6}}", "sha256:4b 5 6\n")]
    [InlineData("{{printf \"%5d|%-6s|%q|%v\" 5 \"a\" \"b\" .Architecture}}", "    5|a     |\"b\"|amd64")]
    [InlineData("{{range .RepoTags}}{{.}},{{else}}none{{end}}", "busybox:latest,")]
    [InlineData("{{range .Config.Volumes}}x{{else}}none{{end}}", "none")]
    [InlineData("{{range $i, $e := .RepoTags}}{{$i}}={{$e}} {{end}}", "0=busybox:latest ")]
    [InlineData("{{range $k, $v := .State}}{{$k}}={{$v}};{{end}}", "ExitCode=0;Pid=7;Running=true;")]
    [InlineData("{{upper .Os}} {{title \"abc def\"}} {{split \"a,b\" \",\"}} {{join .RepoTags \"+\"}} {{pad \"x\" 1 2}}|{{truncate \"abcdef\" 3}}", "LINUX Abc Def [a b] busybox:latest  x  |abc")]
    [InlineData("{{.Size}} {{eq .Os \"linux\"}} {{ne .Os \"x\" }} {{lt .Size 5}} {{and 1 0}} {{or 0 \"x\"}} {{not 1}}", "1982256 true true false 0 x false")]
    [InlineData("{{with .Os}}[{{.}}]{{end}}", "[linux]")]
    [InlineData("{{json .Config.Env}}{{json .Config.Labels}}{{json .Os}}{{json nil}}", "[\"A=1\"]{\"foo\":\"b<r>\"}\"linux\"null")]
    [InlineData("a {{- .Os -}}   x", "alinuxx")]
    [InlineData("{{/* c */}}x{{- /* d */ -}} y", "xy")]
    [InlineData("{{slice \"abcdef\" 1 3}}", "bc")]
    [InlineData("{{html \"<a>\"}} {{js \"a\\\"b\"}} {{urlquery \"a b\"}}", "&lt;a&gt; a\\\"b a+b")]
    [InlineData("{{index .RootFS \"Layers\"}} {{index .RootFS.Layers 0}} {{(index .RepoTags 0)}}", "[sha256:31] sha256:31 busybox:latest")]
    [InlineData("{{index .Config.Labels \"foo\"}}{{index .Config.Labels \"none\"}}|{{.Config.Labels.foo}}", "b<r>|b<r>")]
    [InlineData("{{print 1 2 \"a\" \"b\" 3}}", "1 2ab3")]
    [InlineData("{{.GraphDriver}}", "{map[] vfs}")]
    [InlineData("{{$x := .Os}}{{$x}}{{$x = \"b\"}}{{$x}}", "linuxb")]
    [InlineData("{{.Os | printf \"%s-%s\" \"a\"}}", "a-linux")]
    [InlineData("{{if eq .Os \"a\" \"linux\"}}y{{else if .Os}}n{{else}}z{{end}}", "y")]
    [InlineData("{{if false}}y{{else if .Os}}n{{else}}z{{end}}", "n")]
    [InlineData("{{printf \"%s\" .Size}} {{printf \"%d\" .Os}}", "%!s(int64=1982256) %!d(string=linux)")]
    [InlineData("{{printf \"%.2f %e %g %x %X %o %c %U %t %%\" 1.5 1.5 1.5 255 255 8 65 65 true}}", "1.50 1.500000e+00 1.5 ff FF 10 A U+0041 true %")]
    [InlineData("{{printf \"%05d|%5s|%-5s|%+d\" 42 \"a\" \"b\" 3}}", "00042|    a|b    |+3")]
    [InlineData("{{printf \"%d\"}}", "%!d(MISSING)")]
    [InlineData("{{range 3}}a{{end}}{{range .RepoTags}}{{break}}{{end}}{{range $i, $_ := split \"a,b,c\" \",\"}}{{if eq $i 1}}{{continue}}{{end}}{{$i}}{{end}}", "aaa02")]
    [InlineData("{{ge 3 2}} {{gt 3 2}} {{le 1 2}}", "true true true")]
    [InlineData("{{.Config.Cmd | json | len}}", "6")]
    [InlineData("{{if and .Config (gt (len .RepoTags) 0)}}yes{{end}}", "yes")]
    [InlineData("{{.NetworkSettings.Ports}}", "map[80/tcp:[{0.0.0.0 8080}] 90/tcp:[]]")]
    [InlineData("{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}", "8080")]
    [InlineData("{{range $p, $conf := .NetworkSettings.Ports}}{{if $conf}}{{$p}}->{{(index $conf 0).HostPort}} {{end}}{{end}}", "80/tcp->8080 ")]
    [InlineData("{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}", "none")]
    [InlineData("{{.Config.Entrypoint}}{{.Config.Volumes}}{{.HostConfig.PidsLimit}}{{.HostConfig.Init}}{{.HostConfig.NanoCPUs}}", "[]map[]<nil><nil>5")]
    [InlineData("{{.ID}}", "sha256:4b")]
    [InlineData("{{and .Missing2 1}}", null)]
    public void Renders_as_go_does(string template, string? expected)
    {
        using JsonDocument document = JsonDocument.Parse(Image);
        if (expected is null)
        {
            Assert.Throws<TemplateException>(() => Template.Parse(template).Render(JsonView.Of(document.RootElement, "")));
            return;
        }

        Assert.Equal(expected, Template.Parse(template).Render(JsonView.Of(document.RootElement, "")));
    }

    [Theory]
    [InlineData("{{.Foo}}", "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"")]
    [InlineData("{{.Config.Foo.Bar}}", "template: :1:9: executing \"\" at <.Config.Foo.Bar>: map has no entry for key \"Foo\"")]
    [InlineData("{{.Os.Foo}}", "template: :1:5: executing \"\" at <.Os.Foo>: can't evaluate field Foo in type interface {}")]
    [InlineData("{{index .Config.Env 9}}", "template: :1:2: executing \"\" at <index .Config.Env 9>: error calling index: index out of range: 9")]
    [InlineData("{{index .RepoTags \"a\"}}", "template: :1:2: executing \"\" at <index .RepoTags \"a\">: error calling index: cannot index slice/array with type string")]
    [InlineData("{{lt \"a\" 5}}", "template: :1:2: executing \"\" at <lt \"a\" 5>: error calling lt: incompatible types for comparison")]
    [InlineData("{{len 3}}", "template: :1:2: executing \"\" at <len 3>: error calling len: len of type int")]
    [InlineData("{{join .Os \",\"}}", "template: :1:7: executing \"\" at <.Os>: wrong type for value; expected []string; got string")]
    [InlineData("{{.Os \"x\"}}", "template: :1:2: executing \"\" at <.Os>: Os is not a method but has arguments")]
    [InlineData("{{1.5}} {{nil}}", "template: :1:10: executing \"\" at <nil>: nil is not a command")]
    [InlineData("line\n  {{.Foo}}", "template: :2:4: executing \"\" at <.Foo>: map has no entry for key \"Foo\"")]
    public void Failures_are_told_as_go_tells_them(string template, string message)
    {
        using JsonDocument document = JsonDocument.Parse(Image);

        Assert.Equal(message, Assert.Throws<TemplateException>(() => Template.Parse(template).Render(JsonView.Of(document.RootElement, ""))).Message);
    }

    [Theory]
    [InlineData("{{if .Running}}", "template: :1: unexpected EOF")]
    [InlineData("{{.X | foo}}", "template: :1: function \"foo\" not defined")]
    [InlineData("{{$x}}", "template: :1: undefined variable \"$x\"")]
    [InlineData("{{.Foo", "template: :1: unclosed action")]
    [InlineData("{{end}}", "template: :1: unexpected {{end}}")]
    [InlineData("{{if}}", "template: :1: missing value for if")]
    [InlineData("{{.}", "template: :1: bad character U+007D '}'")]
    [InlineData("{{ \"a", "template: :1: unterminated quoted string")]
    [InlineData("{{break}}", "template: :1: {{break}} outside {{range}}")]
    public void Malformed_templates_are_told_as_go_tells_them(string template, string message)
    {
        Assert.Equal(message, Assert.Throws<TemplateException>(() => Template.Parse(template)).Message);
    }

    [Fact]
    public void Variables_end_with_their_block()
    {
        Assert.Throws<TemplateException>(() => Template.Parse("{{if true}}{{$x := 1}}{{end}}{{$x}}"));
        Assert.Equal("12", Template.Parse("{{$x := 1}}{{if true}}{{$x}}{{$x = 2}}{{end}}{{$x}}").Render(null));
    }
}
