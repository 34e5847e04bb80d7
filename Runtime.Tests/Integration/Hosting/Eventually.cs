using Xunit.Sdk;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>For what the kernel or the daemon does soon after an answer: looks until it is so, and fails after a long time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds; <paramref name="state"/> describes what is instead, should it never.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, Func<string>? state = null)
    {
        DateTime deadline = DateTime.UtcNow + s_patience;
        while (!await condition())
        {
            if (DateTime.UtcNow > deadline)
            {
                throw new XunitException($"never came true: {what}. {state?.Invoke()}");
            }

            await Task.Delay(s_pause);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> condition, Func<string>? state = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), state);

    /// <summary>Repeats an action that fails with IOException (EBUSY) while something goes away.</summary>
    public static async Task SucceedsAsync(string what, Action action)
    {
        string failure = "";
        await HoldsAsync(
            what,
            () =>
            {
                try
                {
                    action();
                    return true;
                }
                catch (IOException busy)
                {
                    failure = busy.Message;
                    return false;
                }
            },
            () => failure);
    }
}
