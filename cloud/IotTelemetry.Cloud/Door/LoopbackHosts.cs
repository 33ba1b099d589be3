using System.Net;

namespace IotTelemetry.Cloud.Door;

/// <summary>
/// Answers only requests that name this machine as their host; or that come over TLS, and then only at the door and the API, which ask for a password. Without authentication a page in a browser on
/// this machine could otherwise read the store through a name of its own that resolves to 127.0.0.1 (DNS rebinding).
/// </summary>
internal static class LoopbackHosts
{
    public static Task RefuseOthersAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.IsHttps)
        {
            if (DoorEndpoint.IsPath(context.Request.Path) || context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        string host = context.Request.Host.Host;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address)))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync($"The host '{host}' is not served; use 127.0.0.1 or localhost.\n", context.RequestAborted);
    }
}
