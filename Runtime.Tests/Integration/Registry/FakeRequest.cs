namespace Rtd.Tests.Integration.Registry;

/// <summary>What a fake registry was asked.</summary>
internal sealed record FakeRequest(string Method, string Path, string Query, string Authorization, string Range);
