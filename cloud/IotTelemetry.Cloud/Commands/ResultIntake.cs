using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// Takes the gateways' answers. An answer is acknowledged when what follows from it is stored, and until then nothing waits for it: the gateway's frames flow on. Thread-safe.
/// </summary>
internal sealed class ResultIntake(CommandDesk desk, ILogger<ResultIntake> logger)
{
    /// <summary>Takes what came in on a result topic.</summary>
    public ValueTask TakeAsync(Delivery delivery, CancellationToken gone)
    {
        if (!TopicAddress.TryParse(delivery.Topic.Span, out TopicAddress address, out string? problem))
        {
            Refuse(delivery, "an unknown sender", RefusalReason.Invalid, problem!);
            return ValueTask.CompletedTask;
        }

        GatewayId gateway = address.ToGatewayId();
        try
        {
            _ = AnswerAsync(gateway, CommandResult.Decode(delivery.Payload.Span), delivery.Confirmation);
        }
        catch (MessageFormatException refusal)
        {
            Refuse(delivery, gateway.ToString(), refusal.Reason, refusal.Message);
        }

        return ValueTask.CompletedTask;
    }

    private async Task AnswerAsync(GatewayId gateway, CommandResult result, Confirmation confirmation)
    {
        try
        {
            // An answer to a question that nobody here asked is taken too: its gateway would send it for ever.
            await desk.AnswerAsync(gateway, result, CancellationToken.None);
            confirmation.Complete(MqttReasonCode.Success);
        }
        catch (OperationCanceledException stopping)
        {
            CommandLog.ResultNotTaken(logger, gateway.ToString(), result.Id, stopping);
        }
        catch (ClickHouseException failure)
        {
            CommandLog.ResultNotTaken(logger, gateway.ToString(), result.Id, failure);
            confirmation.Complete(MqttReasonCode.UnspecifiedError);
        }
    }

    private void Refuse(Delivery delivery, string gateway, RefusalReason reason, string problem)
    {
        CommandLog.ResultRefused(logger, gateway, delivery.Client, ReasonName.Of(reason), problem);
        delivery.Confirmation.Complete(ReasonName.CodeOf(reason));
    }
}
