namespace Rtd.Protocol.Netlink;

/// <summary>Turns one message of a dump into a value; null skips it.</summary>
/// <param name="type">The message's type.</param>
/// <param name="payload">What follows nlmsghdr.</param>
internal delegate T? NetlinkParser<T>(ushort type, ReadOnlySpan<byte> payload) where T : class;
