using System.Security.Cryptography;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Text;

/// <summary>Names of containers: the rule for given ones, and inventing one.</summary>
internal static class ContainerNames
{
    private const int MaximumLength = 255;

    private static readonly string[] s_qualities =
    [
        "agile", "amber", "ample", "ardent", "austere", "balanced", "blithe", "bold", "brave", "breezy", "bright", "brisk", "bubbly", "calm",
        "candid", "careful", "cheery", "civil", "clever", "cosmic", "crisp", "curious", "daring", "deft", "diligent", "dreamy", "eager", "earnest",
        "easygoing", "elated", "fair", "faithful", "fearless", "fluent", "fond", "frank", "frosty", "gentle", "glad", "golden", "graceful",
        "grand", "happy", "hardy", "hearty", "honest", "hopeful", "humble", "jolly", "joyful", "keen", "kind", "lively", "loyal", "lucid", "lunar",
        "mellow", "merry", "mindful", "modest", "nimble", "noble", "patient", "placid", "plucky", "polite", "prudent", "quick", "quiet", "radiant",
        "ready", "robust", "sage", "serene", "sharp", "shrewd", "silent", "sincere", "sleepy", "smooth", "solar", "spry", "steady", "stoic",
        "sunny", "swift", "tidy", "tranquil", "trusty", "upbeat", "vivid", "warm", "wise", "witty", "zealous", "zesty",
    ];

    private static readonly string[] s_surnames =
    [
        "abel", "agnesi", "allen", "ampere", "archimedes", "babbage", "backus", "banach", "bardeen", "bell", "bernoulli", "bohr", "boltzmann",
        "boole", "born", "bose", "brahe", "brahmagupta", "cantor", "carson", "cauchy", "cerf", "chandrasekhar", "church", "codd", "copernicus",
        "cori", "coulomb", "curie", "darwin", "descartes", "dijkstra", "dirac", "edison", "einstein", "elion", "engelbart", "euclid", "euler",
        "faraday", "fermat", "fermi", "feynman", "fourier", "franklin", "galileo", "galois", "gauss", "germain", "goedel", "goodall", "hamilton",
        "hawking", "heisenberg", "hertz", "hilbert", "hodgkin", "hopper", "hypatia", "jacobi", "johnson", "joule", "kepler", "khwarizmi", "knuth",
        "kolmogorov", "kovalevskaya", "lagrange", "lamarr", "lamport", "laplace", "leibniz", "liskov", "lovelace", "maxwell", "mcclintock",
        "mcnulty", "meitner", "mendel", "mendeleev", "mirzakhani", "nash", "newton", "nobel", "noether", "ohm", "pascal", "pasteur", "payne",
        "planck", "poincare", "ptolemy", "pythagoras", "ramanujan", "riemann", "ritchie", "rutherford", "sagan", "schroedinger", "shannon",
        "shockley", "somerville", "spence", "swartz", "tesla", "thompson", "torvalds", "turing", "volta", "wiles", "wing", "wozniak", "wu",
        "yalow", "yonath",
    ];

    /// <summary>Throws in Docker's words for a name outside <c>[a-zA-Z0-9][a-zA-Z0-9_.-]+</c>.</summary>
    public static void Validate(string name)
    {
        if (!IsValid(name))
        {
            throw EngineException.InvalidParameter($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }
    }

    /// <summary>quality_surname; later attempts append a digit so that a full house still ends.</summary>
    public static string Invent(int attempt)
    {
        string name = $"{Pick(s_qualities)}_{Pick(s_surnames)}";
        return attempt == 0 ? name : $"{name}{RandomNumberGenerator.GetInt32(attempt < 6 ? 10 : 1_000_000)}";
    }

    private static bool IsValid(string name) =>
        name.Length is > 1 and <= MaximumLength
        && char.IsAsciiLetterOrDigit(name[0])
        && name.AsSpan(1).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") < 0;

    private static string Pick(string[] words) => words[RandomNumberGenerator.GetInt32(words.Length)];
}
