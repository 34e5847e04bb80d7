using Rtd.Client.CommandLine;
using Rtd.Client.Engine;

namespace Rtd.Client.Images;

/// <summary>Gives an image another name.</summary>
internal static class ImageTag
{
    public static int Run(ClientContext context, NoOptions options, List<string> arguments)
    {
        ImageReference target = Parse(arguments[1]);
        string path = new QueryString($"/images/{QueryString.Segment(arguments[0])}/tag").Add("repo", target.FamiliarName).Add("tag", target.Tag ?? "latest").ToString();
        context.Engine.Post(path);
        return 0;
    }

    private static ImageReference Parse(string text)
    {
        ImageReference reference;
        try
        {
            reference = ImageReference.Parse(text);
        }
        catch (ClientException failure)
        {
            throw new ClientException($"Error parsing reference: {GoQuote.Quote(text)} is not a valid repository/tag: {failure.Message}");
        }

        return reference.Digest is null ? reference : throw new ClientException("refusing to create a tag with a digest reference");
    }
}
