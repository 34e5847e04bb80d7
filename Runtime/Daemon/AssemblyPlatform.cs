using System.Runtime.Versioning;

// The engine exists for Linux only; without this, calls such as Directory.CreateDirectory(path, mode) warn of Windows.
[assembly: SupportedOSPlatform("linux")]
