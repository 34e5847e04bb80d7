namespace Rtd.Daemon.Api;

/// <summary>Serves one ordinary request. An exception becomes the error answer; see <c>ErrorStatus</c>.</summary>
internal delegate Task RouteHandler(ApiContext context);
