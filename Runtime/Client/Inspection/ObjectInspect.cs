using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;
using Rtd.Client.Templates;

namespace Rtd.Client.Inspection;

/// <summary>Shows everything about objects: as the daemon's JSON, indented, or by a template.</summary>
internal static class ObjectInspect
{
    private static readonly string[] s_kinds = ["container", "image", "network", "volume"];

    /// <summary>Docker's types, in the order its error names them; those of a swarm are never found here.</summary>
    private static readonly string[] s_types = ["config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"];

    public static int Any(ClientContext context, InspectOptions options, List<string> arguments)
    {
        if (options.Type is { Length: > 0 } type)
        {
            CheckType(type);
            return Inspect(context, options.Format, arguments, name => Get(context, type, name, options.Size));
        }

        return Inspect(context, options.Format, arguments, name => Find(context, name, options.Size));
    }

    public static int Containers(ClientContext context, InspectKindOptions options, List<string> arguments) => Kind(context, "container", options, arguments);

    public static int Images(ClientContext context, InspectKindOptions options, List<string> arguments) => Kind(context, "image", options, arguments);

    public static int Networks(ClientContext context, InspectKindOptions options, List<string> arguments) => Kind(context, "network", options, arguments);

    public static int Volumes(ClientContext context, InspectKindOptions options, List<string> arguments) => Kind(context, "volume", options, arguments);

    private static int Kind(ClientContext context, string kind, InspectKindOptions options, List<string> arguments) =>
        Inspect(context, options.Format, arguments, name => Get(context, kind, name, options.Size, options.Verbose));

    private static void CheckType(string type)
    {
        if (!s_types.Contains(type))
        {
            string known = string.Join(", ", s_types.Select(name => $"\"{name}\""));
            throw new ClientException($"unknown type: \"{type}\": must be one of {known}");
        }

        if (!s_kinds.Contains(type))
        {
            throw new ClientException($"objects of type \"{type}\" do not exist in this engine");
        }
    }

    /// <summary>What is found is shown first, then what went wrong; one object that is missing makes the whole fail.</summary>
    private static int Inspect(ClientContext context, string? format, List<string> names, Func<string, JsonDocument> get)
    {
        ObjectPrinter printer = ObjectPrinter.Create(format);
        List<string> errors = [];
        foreach (string name in names)
        {
            try
            {
                using JsonDocument document = get(name);
                printer.Add(document.RootElement);
            }
            catch (ClientException failure)
            {
                errors.Add(failure.Message);
            }
            catch (TemplateException failure)
            {
                errors.Add("template parsing error: " + failure.Message);
                break;
            }
        }

        context.Out.Write(printer.Text());
        errors.ForEach(context.Complain);
        return errors.Count == 0 ? 0 : 1;
    }

    private static JsonDocument Find(ClientContext context, string name, bool withSize)
    {
        foreach (string kind in s_kinds)
        {
            try
            {
                return Get(context, kind, name, withSize);
            }
            catch (EngineException failure) when (IsMissing(failure))
            {
                continue;
            }
        }

        throw new ClientException($"Error: No such object: {name}");
    }

    /// <summary>A name that an object of this kind cannot even have (400) is missing too.</summary>
    private static bool IsMissing(EngineException failure) =>
        failure.Status == 404 || (failure.Status == 400 && failure.Reason.Contains("invalid reference format", StringComparison.Ordinal));

    private static JsonDocument Get(ClientContext context, string kind, string name, bool withSize, bool verbose = false)
    {
        string segment = QueryString.Segment(name);
        return context.Engine.GetJson(kind switch
        {
            "container" => new QueryString($"/containers/{segment}/json").Add("size", withSize).ToString(),
            "image" => $"/images/{segment}/json",
            "network" => new QueryString($"/networks/{segment}").Add("verbose", verbose ? "true" : null).ToString(),
            _ => $"/volumes/{segment}",
        });
    }
}
