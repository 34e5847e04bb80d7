namespace Rtd.Daemon.Api.Models;

/// <summary>The <c>{}</c> that Docker's JSON uses as the value of a set.</summary>
internal sealed class EmptyObject;
