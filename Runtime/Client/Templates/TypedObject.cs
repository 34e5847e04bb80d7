using System.Text;
using System.Text.Json;

namespace Rtd.Client.Templates;

/// <summary>A JSON object that docker's client reads into a Go struct: an unknown field is told by the struct's name.</summary>
internal sealed class TypedObject(JsonElement element, string typeName) : ITemplateObject
{
    private readonly JsonView _view = new(element, "");

    public string TypeName => typeName;

    public bool TryGet(string name, ReadOnlySpan<object?> arguments, out object? value) => _view.TryGetField(name, out value);

    public void WriteJson(StringBuilder json) => _view.WriteJson(json);
}
