namespace Rtd.Client.CommandLine;

/// <summary>An older or shorter long name that Docker still takes for an option without showing it in the help.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
internal sealed class FlagAliasAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
