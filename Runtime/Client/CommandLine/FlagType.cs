namespace Rtd.Client.CommandLine;

/// <summary>What an option's property is.</summary>
internal enum FlagType
{
    /// <summary>bool: its presence alone turns it on.</summary>
    Switch,

    /// <summary>bool?: takes no value unless one is attached with '='.</summary>
    OnOff,

    /// <summary>long?.</summary>
    Number,

    /// <summary>string.</summary>
    Text,

    /// <summary>IEnumerable&lt;string&gt;: may be given several times, each adding a value.</summary>
    List,
}
