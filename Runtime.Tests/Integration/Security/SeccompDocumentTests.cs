using System.Globalization;
using System.Text.RegularExpressions;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.Seccomp;
using Rtd.Tests.Integration.Hosting;
using Libc = Rtd.Protocol.Syscalls.Libc;

namespace Rtd.Tests.Integration.Security;

/// <summary>What <c>docs/seccomp.md</c> says is so.</summary>
public sealed partial class SeccompDocumentTests
{
    private const uint AuditX64 = 0xC000003E, AuditX86 = 0x40000003;

    private static readonly Dictionary<string, uint> s_actions = new()
    {
        ["allowed"] = SeccompAction.Allow,
        ["EPERM"] = SeccompAction.Errno(Libc.EPERM),
        ["ENOSYS"] = SeccompAction.Errno(Libc.ENOSYS),
    };

    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (string[] cells in File.ReadLines(Path.Combine(Tree.Top, "docs", "seccomp.md")).Where(line => line.StartsWith('|')).Select(line => line.Split('|')))
            {
                // The first table has Docker's answer before ours.
                if (cells.FirstOrDefault(cell => Call().IsMatch(cell)) is { } call)
                {
                    rows.Add(call.Trim(), cells[cells.Length == 7 ? 4 : 3].Trim());
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_is_true(string call, string answer)
    {
        Match match = Call().Match(call);
        ulong[] arguments = [.. match.Groups["arguments"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Number)];

        uint action = SockFilterInterpreter.Run(
            new SeccompCompiler().CompileDefault(Capabilities.Default),
            match.Groups["door"].Value == "i386" ? AuditX86 : AuditX64,
            (uint)Number(match.Groups["number"].Value),
            arguments);

        Assert.Equal(s_actions[answer], action);
    }

    [Fact]
    public void Both_tables_are_read() => Assert.True(Rows.Count >= 15);

    private static ulong Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<door>x86-64|i386) (?<number>(0x)?[0-9a-f]+)\((?<arguments>[^)]*)\)")]
    private static partial Regex Call();
}
