using System.Text;
using IotTelemetry.Cloud.Door.Statements;
using Microsoft.Extensions.Primitives;

namespace IotTelemetry.Cloud.Door.Users;

/// <summary>User and password of a request.</summary>
/// <param name="User">Never empty; <c>default</c> when none is named.</param>
/// <param name="Password">Empty when none is given.</param>
/// <param name="AreGiven">The request names a user or a password.</param>
internal readonly record struct Credentials(string User, string Password, bool AreGiven)
{
    /// <summary>From headers <c>X-ClickHouse-User</c> and <c>-Key</c>, Basic authentication, or the address, as ClickHouse takes them: one way at a time.</summary>
    /// <exception cref="QueryRefusedException">Several ways at once, or a header that does not read.</exception>
    public static Credentials Of(HttpRequest request)
    {
        (bool, string?, string?)[] ways =
        [
            Way(request.Headers["X-ClickHouse-User"], request.Headers["X-ClickHouse-Key"]),
            Basic(request.Headers.Authorization),
            Way(request.Query["user"], request.Query["password"]),
        ];
        (bool given, string? user, string? password) = ways.FirstOrDefault(way => way.Item1);
        return ways.Count(way => way.Item1) > 1
            ? throw QueryRefusedException.Authentication("Invalid authentication: it is not allowed to use several ways of authentication simultaneously")
            : new Credentials(string.IsNullOrEmpty(user) ? DoorUser.Default : user, password ?? "", given);
    }

    private static (bool, string?, string?) Way(StringValues user, StringValues password) => (user.Count > 0 || password.Count > 0, user.ToString(), password.ToString());

    private static (bool, string?, string?) Basic(StringValues header)
    {
        const string Scheme = "Basic ";
        string text = header.ToString();
        if (text.Length == 0)
        {
            return default;
        }

        Span<byte> bytes = new byte[text.Length];
        int colon = -1;
        string pair = "";
        if (text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(text[Scheme.Length..].Trim(), bytes, out int length))
        {
            pair = Encoding.UTF8.GetString(bytes[..length]);
            colon = pair.IndexOf(':', StringComparison.Ordinal);
        }

        return colon < 0
            ? throw QueryRefusedException.Authentication("Invalid authentication: the header Authorization is not 'Basic' with user and password")
            : (true, pair[..colon], pair[(colon + 1)..]);
    }
}
