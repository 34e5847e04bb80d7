namespace Rtd.Daemon.Api;

/// <summary>Serves one request that takes its connection over (attach, exec start). It ends by returning; the connection is then closed.</summary>
internal delegate Task HijackHandler(HijackContext context);
