namespace Rtd.Client.Formatting;

/// <summary>A column of a list: its name in templates, its heading, and how it is read from an item.</summary>
internal sealed record Field<T>(string Name, string Header, Func<T, object?> Read);
