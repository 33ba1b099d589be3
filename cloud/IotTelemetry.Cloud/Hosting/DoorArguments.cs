using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>How the commands that ask reach a running service.</summary>
internal sealed class DoorArguments
{
    private const string PasswordVariable = "IOT_CLOUD_PASSWORD";

    private readonly Option<Uri> _url = CreateUrl();
    private readonly Option<string?> _user = CreateUser();
    private readonly Option<string?> _authority = new("--certificate-authority") { Description = "PEM file of the authority to trust, for https with a certificate of one's own" };

    /// <summary>The option of the address alone.</summary>
    public static Option<Uri> CreateUrl() => new("--url")
    {
        Description = "Address of the service",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8123"),
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new OptionException("--url", result.Tokens[0].Value, "allowed is an address such as http://127.0.0.1:8123"),
    };

    /// <summary>The option of the user alone.</summary>
    public static Option<string?> CreateUser() => new("--user") { Description = $"User to log in as; the password is read from the variable {PasswordVariable}" };

    /// <summary>Lets a client log in with every request (Basic authentication, RFC 7617); not at all without a user.</summary>
    public static void LogIn(HttpClient http, string? user) => http.DefaultRequestHeaders.Authorization = user is null
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Environment.GetEnvironmentVariable(PasswordVariable)}")));

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_user);
        command.Add(_authority);
    }

    /// <summary>What was given.</summary>
    public ServerEngineOptions Read(ParseResult parsed) => Of(parsed.GetRequiredValue(_url)) with
    {
        UserName = parsed.GetValue(_user),
        Password = parsed.GetValue(_user) is null ? null : Environment.GetEnvironmentVariable(PasswordVariable),
        CertificateAuthorityFile = parsed.GetValue(_authority),
    };

    /// <summary>A service by its address. Nothing is tried twice: a person asks again.</summary>
    public static ServerEngineOptions Of(Uri url) => new()
    {
        Endpoints = [url],
        MaximumAttempts = 1,
        ResponseTimeout = TimeSpan.FromHours(1),
        Settings = new Dictionary<string, string>(),
    };
}
