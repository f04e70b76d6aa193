/** `outcry order cancel-and-place`: an order is canceled, and another takes its stead. */
import { Command, Option } from "commander";
import type { CancelAndPlaceRequest, PlaceRequest } from "../../protocols/api/order-requests.ts";
import { cancelFailureWords } from "../../protocols/api/words.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { withAccountOptions } from "./options.ts";
import { nameOf } from "./order-name.ts";
import { placeRequestOf, withoutUndefined, withPlaceOptions } from "./place-options.ts";
import type { PlaceOptions, SideWord } from "./place-options.ts";

export interface CancelAndPlaceOptions extends PlaceOptions {
  readonly byClientId?: boolean;
  readonly ifCancelFails?: NonNullable<CancelAndPlaceRequest["ifCancelFails"]>;
}

export function cancelAndPlaceCommand(): Command {
  const command = new Command("cancel-and-place").description(
    "Cancels an order and places another: " +
      "./outcry order cancel-and-place 42 BTC-USDT buy 0.01 64000",
  );
  return withAccountOptions(withCancelAndPlaceOptions(command)).action(async (...args) => {
    const [canceled, symbol, side, quantity, price, options] = args as [
      string,
      string,
      SideWord,
      string,
      string,
      CancelAndPlaceOptions & AccountOptions,
    ];
    const [{ withAccount, unitsOfSymbol, accepted }, { printOrder }] = await Promise.all([
      import("./exchange-access.ts"),
      import("./order-text.ts"),
    ]);
    await withAccount(options, async (client) => {
      const units = await unitsOfSymbol(client, symbol);
      const order = placeRequestOf({ symbol, side, quantity, price }, options, units);
      const request = cancelAndPlaceRequestOf({ canceled, order }, options);
      printOrder(options, accepted(await client.cancelAndPlace(request), units), units);
    });
  });
}

/** @internal */
export function withCancelAndPlaceOptions(command: Command): Command {
  command.argument("<order>", "the order to cancel: its number, or your own name for it");
  return withPlaceOptions(command)
    .option("--by-client-id", "the order to cancel is named by you, though it looks like a number")
    .addOption(
      new Option(
        "--if-cancel-fails <what>",
        "whether the new order is placed all the same (default: stop)",
      ).choices(cancelFailureWords),
    );
}

/** @internal */
export function cancelAndPlaceRequestOf(
  { canceled, order }: { readonly canceled: string; readonly order: PlaceRequest },
  { byClientId, ifCancelFails }: CancelAndPlaceOptions,
): CancelAndPlaceRequest {
  const name = nameOf(canceled, withoutUndefined({ clientId: byClientId }));
  return { ...name, ...withoutUndefined({ ifCancelFails }), order };
}
