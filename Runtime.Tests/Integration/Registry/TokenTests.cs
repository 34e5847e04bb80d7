using System.Text;
using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Registry;
using Rtd.Tests.Integration.Storage;

namespace Rtd.Tests.Integration.Registry;

/// <summary>Authorization by a token server, which the fake registry plays too.</summary>
public sealed class TokenTests : RegistryTest
{
    private int _issued;
    private int _validFrom = 1;

    [StorageFact]
    public async Task Token_is_fetched_once_and_renewed_when_it_is_refused()
    {
        Registry.Image("app", "1", One, Two);
        Registry.Intercept = context => GuardAsync(context, "tester", "secret");

        await PullAsync("app:1", credentials: Guarded.Credentials("tester", "secret"));

        FakeRequest asked = Assert.Single(Registry.Requests, request => request.Path == "/token");
        Assert.Equal("?service=fake&account=tester&scope=repository%3Aapp%3Apull", asked.Query);

        // From here on the first token is no good any more, in the middle of a pull.
        Registry.Image("app", "2", One, Two, new Unit.Storage.TarBuilder().File("three", "3").Build());
        bool expired = false;
        Registry.Intercept = context =>
        {
            if (!expired && context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal))
            {
                expired = true;
                _validFrom = _issued + 1;
            }

            return GuardAsync(context, "tester", "secret");
        };
        await PullAsync("app:2", credentials: Guarded.Credentials("tester", "secret"));
        Assert.Equal(3, Registry.Count("GET", "/token"));
    }

    [StorageFact]
    public async Task Wrong_password_is_said_and_not_tried_twice()
    {
        Registry.Image("app", "1", One);
        Registry.Intercept = context => GuardAsync(context, "tester", "secret");

        EngineException error = await FailsAsync("app:1", credentials: Guarded.Credentials("tester", "wrong"));

        Assert.Contains("unauthorized: incorrect username or password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Registry.Count("GET", "/token"));
    }

    [StorageFact]
    public async Task Identity_token_is_exchanged_by_post()
    {
        Registry.Image("app", "1", One);
        string form = "";
        Registry.Intercept = async context =>
        {
            if (context.Request.Path == "/token" && context.Request.Method == "POST")
            {
                using StreamReader reader = new(context.Request.Body);
                form = await reader.ReadToEndAsync();
                await context.Response.WriteAsync($"{{\"access_token\":\"token-{++_issued}\",\"expires_in\":300}}");
                return true;
            }

            return await GuardAsync(context, "", "");
        };

        await PullAsync("app:1", credentials: new RegistryCredentials { IdentityToken = "refresh me" });

        Assert.Equal("service=fake&grant_type=refresh_token&client_id=docker&refresh_token=refresh+me&scope=repository%3Aapp%3Apull", form);
    }

    [StorageFact]
    public async Task Registry_token_is_sent_as_it_is()
    {
        Registry.Image("app", "1", One);
        _issued = 7;
        Registry.Intercept = context => GuardAsync(context, "", "");
        await PullAsync("app:1", credentials: new RegistryCredentials { RegistryToken = "token-7" });
        Assert.Equal(0, Registry.Count("GET", "/token"));
    }

    [StorageFact]
    public async Task No_credentials_for_a_registry_with_passwords()
    {
        Registry.Image("app", "1", One);
        Registry.Intercept = Guarded.ByPassword("tester", "secret");
        Assert.Equal($"Get \"http://{Registry.Host}/v2/app/manifests/1\": no basic auth credentials", (await FailsAsync("app:1")).Message);
    }

    [StorageFact]
    public async Task Login_by_token_and_by_password()
    {
        Registry.Intercept = context => GuardAsync(context, "tester", "secret");
        RegistryCredentials good = Guarded.Credentials("tester", "secret"), bad = Guarded.Credentials("tester", "wrong");
        good.ServerAddress = bad.ServerAddress = Registry.Host;

        Assert.Equal("refresh", await Service.Login.RunAsync(good, CancellationToken.None));
        Assert.Equal(ErrorKind.Unauthorized, (await Assert.ThrowsAsync<EngineException>(() => Service.Login.RunAsync(bad, CancellationToken.None))).Kind);

        Registry.Intercept = async context =>
        {
            if (!await Guarded.ByPassword("tester", "secret")(context))
            {
                await context.Response.WriteAsync("{}");
            }

            return true;
        };
        Assert.Equal("", await Service.Login.RunAsync(good, CancellationToken.None));
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => Service.Login.RunAsync(bad, CancellationToken.None));
        Assert.Equal($"login attempt to http://{Registry.Host}/v2/ failed with status: 401 Unauthorized", error.Message);
    }

    private async Task<bool> GuardAsync(HttpContext context, string user, string password)
    {
        if (context.Request.Path == "/token")
        {
            string expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
            await (context.Request.Headers.Authorization == expected
                ? context.Response.WriteAsync($"{{\"token\":\"token-{++_issued}\",\"expires_in\":300,\"refresh_token\":\"refresh\"}}")
                : FakeRegistry.RefuseAsync(context, 401, "UNAUTHORIZED", "incorrect username or password"));
            return true;
        }

        string header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer token-", StringComparison.Ordinal) && int.Parse(header["Bearer token-".Length..]) >= _validFrom)
        {
            if (context.Request.Path == "/v2/")
            {
                await context.Response.WriteAsync("{}");
                return true;
            }

            return false;
        }

        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{Registry.Host}/token\",service=\"fake\",scope=\"repository:x:pull\"";
        await FakeRegistry.RefuseAsync(context, 401, "UNAUTHORIZED", "authentication required");
        return true;
    }
}
