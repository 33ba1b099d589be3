using System.Security.Claims;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Api;

/// <summary>
/// Who asks the API. Where users are configured, and always over TLS, it takes the login that the door takes: everybody who is let in may read, operators and supervisors may change something, and
/// the author in the audit is the user's name. Otherwise only this machine can ask, and is believed who it says it is (<see cref="CommandHeaders.ClaimedAuthor"/>). Thread-safe.
/// </summary>
internal sealed class ApiLogin(DoorUsers users, bool isRequired)
{
    /// <summary>Hands the request on in its user's name, or answers 401 or 403.</summary>
    public async Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        if (!isRequired && !context.Request.IsHttps)
        {
            await next(context);
            return;
        }

        DoorUser user;
        try
        {
            user = await users.AuthenticateAsync(Credentials.Of(context.Request), context.Request.IsHttps, context.Connection.RemoteIpAddress?.ToString() ?? "", context.RequestAborted);
        }
        catch (QueryRefusedException)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"iot-cloud\", charset=\"UTF-8\"";
            await ApiProblem.Of(StatusCodes.Status401Unauthorized, "Log in with a user's name and password (Basic authentication): none was given, or they are not right.").ExecuteAsync(context);
            return;
        }

        if (!IsReading(context.Request.Method) && user.Role is not (DoorRole.Operator or DoorRole.Supervisor))
        {
            await ApiProblem.Of(StatusCodes.Status403Forbidden, $"User {user.Name} may read; to change something takes the role operator or supervisor.").ExecuteAsync(context);
            return;
        }

        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user.Name)], "Basic"));
        await next(context);
    }

    /// <summary>Whether a method changes nothing.</summary>
    public static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
