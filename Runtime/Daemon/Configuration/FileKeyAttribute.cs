namespace Rtd.Daemon.Configuration;

/// <summary>The name of an option in <c>daemon.json</c>; an option without one can only be a flag.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FileKeyAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
