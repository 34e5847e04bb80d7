using Rtd.Client.Templates;

namespace Rtd.Client.Daemon;

internal static class ObjectTemplate
{
    /// <summary>A template for one object, "json" for all of it; null when none is wanted.</summary>
    /// <exception cref="ClientException">The template is malformed.</exception>
    public static Template? Parse(string? format)
    {
        if (string.IsNullOrEmpty(format))
        {
            return null;
        }

        try
        {
            return Template.Parse(format == "json" ? "{{json .}}" : format);
        }
        catch (TemplateException failure)
        {
            throw new ClientException("template parsing error: " + failure.Message);
        }
    }
}
