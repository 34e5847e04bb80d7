using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.ForeignClients;

/// <summary>A fact that needs something on top of what <see cref="RootFactAttribute"/> needs: a program, or a file (below the tree's top, or of the system).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program, string? file = null) => Skip = Prerequisites.Missing
        ?? (Prerequisites.Which(program) is null ? $"not installed: {program} (scripts/test fetches it)" : null)
        ?? (file is not null && !Path.Exists(Path.Combine(Tree.Top, file)) ? $"not installed: {file} (scripts/test fetches it)" : null);
}
