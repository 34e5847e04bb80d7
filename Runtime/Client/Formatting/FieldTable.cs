namespace Rtd.Client.Formatting;

/// <summary>The columns that a kind of list knows.</summary>
internal sealed class FieldTable<T>(string typeName, params Field<T>[] fields)
{
    /// <summary>The type's name in errors about unknown fields; docker's, since people search for them.</summary>
    public string TypeName { get; } = typeName;

    public Field<T>[] Fields { get; } = fields;

    /// <summary>An item's label by name, for templates that call .Label.</summary>
    public Func<T, string, string>? Label { get; init; }

    public Field<T>? Find(string name) => Array.Find(Fields, field => field.Name == name);
}
