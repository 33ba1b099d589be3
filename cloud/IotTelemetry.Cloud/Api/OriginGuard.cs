using System.Net;

namespace IotTelemetry.Cloud.Api;

/// <summary>
/// Refuses what changes something and comes from a page of another origin. There is no authentication yet: a page that an operator has open in a browser on this machine must not be able to
/// switch a breaker with a form. Browsers name the origin of every such request (Fetch standard, section 3.2); other clients do not.
/// </summary>
internal static class OriginGuard
{
    public static Task RefuseOthersAsync(HttpContext context, RequestDelegate next)
    {
        string? origin = context.Request.Headers.Origin;
        bool reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method);
        return reads || origin is null || IsThisMachine(origin)
            ? next(context)
            : ApiProblem.Of(StatusCodes.Status403Forbidden, $"Requests of pages of '{origin}' change nothing here; allowed are pages of this machine.").ExecuteAsync(context);
    }

    private static bool IsThisMachine(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address)));
}
