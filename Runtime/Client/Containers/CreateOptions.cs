namespace Rtd.Client.Containers;

/// <summary>Options of create.</summary>
internal sealed class CreateOptions : ContainerOptions
{
}
