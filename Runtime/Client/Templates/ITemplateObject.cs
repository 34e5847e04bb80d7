using System.Text;

namespace Rtd.Client.Templates;

/// <summary>A value with named fields that a template can use, such as a line of <c>ps</c>.</summary>
internal interface ITemplateObject
{
    /// <summary>The type's name in error messages.</summary>
    string TypeName { get; }

    /// <summary>A field or method's value; false when there is none of that name.</summary>
    bool TryGet(string name, ReadOnlySpan<object?> arguments, out object? value);

    /// <summary>What the json function prints.</summary>
    void WriteJson(StringBuilder json);
}
