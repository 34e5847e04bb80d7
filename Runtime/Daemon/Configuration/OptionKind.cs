namespace Rtd.Daemon.Configuration;

/// <summary>What values an option takes.</summary>
internal enum OptionKind
{
    Text,
    Flag,
    Number,
    List,
}
