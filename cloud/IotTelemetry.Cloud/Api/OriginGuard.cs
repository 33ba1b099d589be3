using System.Net;

namespace IotTelemetry.Cloud.Api;

/// <summary>
/// Refuses what changes something and comes from a page of another origin: a page that an operator has open in a browser must not be able to switch a breaker with a form, on a machine where nobody
/// logs in or with the login that the browser adds by itself. Browsers name the origin of every such request (Fetch standard, section 3.2); other clients do not.
/// </summary>
internal static class OriginGuard
{
    public static Task RefuseOthersAsync(HttpContext context, RequestDelegate next)
    {
        string? origin = context.Request.Headers.Origin;
        return ApiLogin.IsReading(context.Request.Method) || origin is null || IsThisMachine(origin) || origin == $"{context.Request.Scheme}://{context.Request.Host}"
            ? next(context)
            : ApiProblem.Of(StatusCodes.Status403Forbidden, $"Requests of pages of '{origin}' change nothing here; allowed are pages of this machine and of the service.").ExecuteAsync(context);
    }

    private static bool IsThisMachine(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address)));
}
