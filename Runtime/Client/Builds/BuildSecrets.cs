using System.Text;
using System.Text.Json.Nodes;
using Rtd.Client.Images;
using Rtd.Protocol.Text;

namespace Rtd.Client.Builds;

/// <summary><c>--secret</c>: contents go in a header field of the request, never in the context or the query.</summary>
/// <remarks>The classic protocol has no place for them; the field is this engine's own. Docker bounds a secret at 500 KiB; header fields bound all together.</remarks>
internal static class BuildSecrets
{
    private const string Field = "X-Rtd-Build-Secrets";

    private const int MaxTotal = 500 * 1024;

    /// <summary>None when there are no secrets.</summary>
    /// <exception cref="ClientException">A secret cannot be read.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Fields(IEnumerable<string> flags)
    {
        JsonObject secrets = [];
        long total = 0;
        foreach (string flag in flags)
        {
            (string id, byte[] content) = Read(flag);
            total += content.Length;
            secrets[id] = Convert.ToBase64String(content);
        }

        return secrets.Count == 0 ? []
            : total > MaxTotal ? throw new ClientException($"secrets are larger than {MaxTotal} bytes together")
            : [new(Field, Convert.ToBase64String(Encoding.UTF8.GetBytes(secrets.ToJsonString())))];
    }

    private static (string Id, byte[] Content) Read(string flag)
    {
        string id = "", file = "", variable = "", type = "";
        foreach (string field in Fields(flag))
        {
            int equals = field.IndexOf('=');
            string value = equals < 0 ? throw new ClientException($"invalid field '{field}' must be a key=value pair") : field[(equals + 1)..];
            switch (field[..equals].ToLowerInvariant())
            {
                case "type":
                    type = value is "file" or "env" ? value : throw new ClientException($"unsupported secret type \"{value}\"");
                    break;
                case "id":
                    id = value;
                    break;
                case "source" or "src":
                    file = value;
                    break;
                case "env":
                    variable = value;
                    break;
                default:
                    throw new ClientException($"unexpected key '{field[..equals]}' in '{field}'");
            }
        }

        if (id.Length == 0)
        {
            throw new ClientException("secret missing: id is required");
        }

        // As docker: type=env reads src as a variable, and an id alone is a variable when there is one of that name.
        variable = type == "env" && variable.Length == 0 ? file : variable;
        variable = variable.Length == 0 && file.Length == 0 && type != "file" && Environment.GetEnvironmentVariable(id) is not null ? id : variable;
        return (id, variable.Length > 0 ? FromVariable(id, variable) : FromFile(file.Length > 0 ? file : id));
    }

    private static byte[] FromVariable(string id, string name) => Environment.GetEnvironmentVariable(name) is { } value
        ? Encoding.UTF8.GetBytes(value)
        : throw new ClientException($"secret {id}: environment variable {name} is not set");

    private static byte[] FromFile(string path)
    {
        using Stream file = UploadSource.OpenFile(path);
        return DirectoryContext.ReadAll(file);
    }

    private static List<string> Fields(string flag)
    {
        try
        {
            return Csv.Split(flag);
        }
        catch (FormatException bad)
        {
            throw new ClientException($"failed to parse csv secret: {bad.Message}");
        }
    }
}
