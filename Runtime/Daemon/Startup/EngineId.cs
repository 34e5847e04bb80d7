namespace Rtd.Daemon.Startup;

/// <summary>The engine's id: made up once, kept in the data root.</summary>
internal static class EngineId
{
    public static string LoadOrCreate(string dataRoot)
    {
        string path = Path.Combine(dataRoot, "engine-id");
        if (File.Exists(path) && Guid.TryParse(File.ReadAllText(path).Trim(), out Guid known))
        {
            return known.ToString();
        }

        string id = Guid.NewGuid().ToString();
        string temporary = path + ".new";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(id));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return id;
    }
}
