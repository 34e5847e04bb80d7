namespace Rtd.Daemon.Storage.Changes;

/// <summary>What a container did to a name, with the API's numbers.</summary>
internal enum ChangeKind
{
    Modified = 0,
    Added = 1,
    Deleted = 2,
}
